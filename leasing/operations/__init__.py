"""Every write of leases."""
