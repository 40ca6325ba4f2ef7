"""What curators do. Each verb is one transaction; what a caller must have seen is compared under the row's lock."""
