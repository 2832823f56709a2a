"""The composition of the program: settings, and how the parts are made from them."""
