"""Lumbung: one shop front for many cooperatives."""
