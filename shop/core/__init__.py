"""The ground floor: no business, no Flask."""
