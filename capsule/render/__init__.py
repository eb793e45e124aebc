"""Thin drawers: pages and plan → files."""
