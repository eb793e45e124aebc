"""Attendance → statements → LRS."""
