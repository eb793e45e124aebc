"""Ten-minute opening capsules: slides, film, LMS packages and xAPI tracking from one file."""

__version__ = "0.1.0"
