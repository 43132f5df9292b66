"""What answers at each address: one blueprint for each kind of thing asked for."""
