"""The stage of the caching lab: a bookshop's front page and a slow, failing metadata service, six ways."""
