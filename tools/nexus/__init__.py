"""The code behind ./nexus: services, processes, checks, labs, docs."""
