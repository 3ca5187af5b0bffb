"""What a document says of its author: found inside the sandbox, told in plain words."""
