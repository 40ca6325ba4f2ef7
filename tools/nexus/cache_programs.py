"""What ``cache_bench`` runs inside of the capstone: rows to read, and a probe of what an answer costs."""

SEED = """
from datetime import date
from audiobooks.catalog.models import *
people = [Person.objects.create(name=f"Person {n}", sort_name=f"person {n}") for n in range(20)]
genre = Genre.objects.create(slug="novel", name="Novel", sort_name="novel")
series = Series.objects.create(name="Series", sort_name="series")
for n in range(200):
    book = Book.objects.create(title=f"Book {n}", sort_title=f"book {n}", original_language="en")
    book.genres.add(genre)
    SeriesEntry.objects.create(series=series, book=book, sequence=n)
    a = Audiobook.objects.create(book=book, title=book.title, sort_title=book.sort_title, language="en", status="ready", duration_ms=1, released_on=date(2024, 1, 1))
    for position, role in enumerate(("author", "narrator")):
        Credit.objects.create(audiobook=a, person=people[(n + position) % 20], role=role, position=1)
print("first", Audiobook.objects.order_by("sort_title").first().pk, people[0].pk, series.pk)
"""

PROBE = """
import io, json, os, statistics, sys, time
from config.wsgi import application
told = {}
def ask(path, etag=""):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000",
               "HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.version": (1, 0),
               "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, "wsgi.multithread": False,
               "wsgi.multiprocess": True, "wsgi.run_once": False} | ({"HTTP_IF_NONE_MATCH": etag} if etag else {})
    def start(status, headers):
        told.update(status=status, etag=dict(headers).get("ETag", ""))
    answer = application(environ, start)
    b"".join(answer)
    answer.close()
    return told["etag"]
kinds = {}
for path in json.loads(os.environ["PROBED"]):
    etag = [ask(path) for _ in range(20)][-1]
    kinds[path] = (path, "")
    if etag:
        kinds[path + " 304"] = (path, etag)
rounds = {kind: [] for kind in kinds}
for _ in range(7):
    for kind, what in kinds.items():
        began = time.thread_time()
        for _ in range(20):
            ask(*what)
        rounds[kind].append((time.thread_time() - began) / 20)
print(json.dumps({kind: statistics.median(found) for kind, found in rounds.items()}))
"""
