"""The operations of the service, the same for every transport."""
