"""Courses of other tools for the benchmark of packages, and what an LMS records of them."""
