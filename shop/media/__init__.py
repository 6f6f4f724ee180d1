"""Photos: taken in safely, cut square, kept under the name of their contents, served in sizes."""
