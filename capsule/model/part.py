"""What every part of a source shares."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of the source: no unknown key, no change after validation."""

    model_config = ConfigDict(extra="forbid", frozen=True)
