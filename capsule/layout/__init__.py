"""Plan and theme → pages: one module per kind of scene, all pure."""
