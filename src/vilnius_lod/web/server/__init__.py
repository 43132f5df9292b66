"""The server: Granian\047s event loop, admission, request bodies, and answers on their way out."""
