"""Packages that an LMS imports."""
