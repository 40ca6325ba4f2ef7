"""
The project: settings, addresses, error table, processes.

No Celery is loaded here, for who serves the API sends nothing by it: workers and the relay take `config.celery`.
"""
