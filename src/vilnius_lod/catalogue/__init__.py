"""What describes the dataset for portals: DCAT, VoID, CSV on the Web, DSA, and the files to download."""
