"""What pages show: views of the snapshot for the templates, in the reader\'s language."""
