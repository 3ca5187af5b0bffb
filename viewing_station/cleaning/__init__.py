"""Copies without what a document says of its author: made, then inspected again."""
