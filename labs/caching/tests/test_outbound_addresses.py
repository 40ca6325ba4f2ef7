"""Where the client does not go, however it is asked to (server-side request forgery)."""

import shutil
import socket
import ssl
import subprocess
import sys
import threading
from dataclasses import replace
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from caching_checks.service import Service, replies
from lab_caching.outbound import AddressRefused, Client, DeadlineExceeded, Rules, Unreachable
from lab_caching.outbound.network import is_public

OTHER_LOOPBACK = "127.0.0.2" if sys.platform == "linux" else "::1"
OTHER_HOST = OTHER_LOOPBACK if sys.platform == "linux" else "[::1]"


@pytest.fixture
def rules(service: Service) -> Rules:
    return Rules(
        hosts=frozenset({f"127.0.0.1:{service.port}"}),
        schemes=frozenset({"http"}),
        networks=(ip_network("127.0.0.1/32"),),
        attempts=1,
    )


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Names of the test's own, with what the resolver says the first time, the second, and from then on."""
    known: dict[str, list[str]] = {}
    really = socket.getaddrinfo

    def ask(host: str, port: int, *also: int, **how: int) -> list:
        if host not in known:
            return really(host, port, *also, **how)
        said = known[host].pop(0) if len(known[host]) > 1 else known[host][0]
        return [found for address in said.split() for found in really(address, port, *also, **how)]

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    return known


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104 -- an address to refuse

        "192.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1", "100::1", "3fff::1", "5f00::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    ],
)  # fmt: skip
def test_an_address_that_is_not_the_internets_is_refused(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
)
def test_an_address_of_the_internet_is_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:{port}/",
        "ftp://127.0.0.1:{port}/",
        "file:///etc/passwd",
        "//127.0.0.1:{port}/",
        "http://ada:secret@127.0.0.1:{port}/",
        "http://127.0.0.1/",
        "http://127.0.0.1:1/",
        "http://localhost:{port}/",
        "http://127.0.0.1.:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f.1:{port}/",
        "http:///nowhere",
        "http://[::1",
        "no address",
    ],
)
def test_what_is_not_on_the_list_is_refused_unsent(service, rules, url):
    service.at("/", replies())

    with Client(rules) as client, pytest.raises(AddressRefused):
        client.get(url.format(port=service.port))

    assert service.asked == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost", "[::ffff:127.0.0.1]"])
def test_another_spelling_of_a_private_address_is_refused_though_every_host_is_allowed(host):
    with Client(Rules(hosts=frozenset({"*"}), attempts=1)) as client, pytest.raises(AddressRefused):
        client.get(f"https://{host}/")


def test_a_redirect_to_a_host_that_is_not_on_the_list_is_not_followed(service, rules):
    with Service() as inside:
        url = service.at("/", replies(302, Location=inside.at("/secret", replies())))

        with Client(rules) as client, pytest.raises(AddressRefused):
            client.get(url)

        assert inside.asked == []


def test_a_redirect_to_a_private_address_is_not_followed_though_its_host_is_allowed(service, rules):
    with Service(OTHER_LOOPBACK) as inside:
        inside.at("/secret", replies())
        url = service.at("/", replies(302, Location=f"http://{OTHER_HOST}:{inside.port}/secret"))
        listed = replace(rules, hosts=rules.hosts | {f"{OTHER_LOOPBACK}:{inside.port}"})

        with Client(listed) as client, pytest.raises(AddressRefused):
            client.get(url)

        assert inside.asked == []


def test_a_name_is_asked_once_and_what_it_said_then_is_called(service, rules, names):
    names["books.example"] = ["127.0.0.1", OTHER_LOOPBACK]  # its second answer is what a rebinding name gives
    place = f"books.example:{service.port}"
    service.at("/", replies())

    with Client(replace(rules, hosts=frozenset({place}))) as client:
        answer = client.get(f"http://{place}/")

    assert answer.status == 200
    assert names["books.example"] == [OTHER_LOOPBACK]
    assert service.asked[0].headers["host"] == place


def test_a_name_with_one_private_address_among_others_is_refused(service, rules, names):
    names["books.example"] = [f"127.0.0.1 {OTHER_LOOPBACK}"]
    place = f"books.example:{service.port}"

    with Client(replace(rules, hosts=frozenset({place}))) as client, pytest.raises(AddressRefused):
        client.get(f"http://{place}/")

    assert service.asked == []


def test_of_two_addresses_the_one_that_answers_is_used(service, rules, names):
    names["books.example"] = ["127.0.0.3 127.0.0.1"]  # nobody serves the first
    place = f"books.example:{service.port}"
    service.at("/", replies())
    loopback = (ip_network("127.0.0.0/8"),)

    with Client(replace(rules, hosts=frozenset({place}), networks=loopback)) as client:
        assert client.get(f"http://{place}/").status == 200


def test_an_unknown_name_is_unreachable(rules):
    with Client(replace(rules, hosts=frozenset({"nowhere.invalid"}))) as client, pytest.raises(Unreachable):
        client.get("http://nowhere.invalid/")


def test_a_resolver_that_hangs_ends_at_the_deadline(rules, monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait(30) and [])

    client = Client(replace(rules, hosts=frozenset({"slow.example"})))
    with client, pytest.raises(DeadlineExceeded, match="not resolved in time"):
        client.call("GET", "http://slow.example/", deadline_s=0.2)

    release.set()


def test_keys_stay_with_the_origin_they_are_for(service, rules):
    with Service() as other:
        url = service.at("/", replies(302, Location="/moved"))
        service.at("/moved", replies(302, Location=other.at("/there", replies())))
        listed = replace(rules, hosts=rules.hosts | {f"127.0.0.1:{other.port}"})

        with Client(listed) as client:
            client.get(url, headers={"Authorization": "Bearer s3cret", "Accept": "text/plain"})

        assert service.asked[1].headers["authorization"] == "Bearer s3cret"
        assert "authorization" not in other.asked[0].headers
        assert other.asked[0].headers["accept"] == "text/plain"


def test_a_cookie_that_one_answer_sets_is_not_sent_by_the_next_call(service, rules):
    url = service.at("/", replies(Set_Cookie="session=ada"))

    with Client(rules) as client:
        client.get(url)
        client.get(url)

    assert "cookie" not in service.asked[1].headers


def certificate_for(name: str, folder: Path) -> tuple[Path, Path]:
    """Return a certificate that signed itself, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine to make a certificate with")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


@pytest.mark.parametrize("certified", ["books.example", "other.example"])
def test_the_certificate_must_be_the_names_whatever_address_is_called(rules, names, tmp_path, certified):
    certificate, key = certificate_for(certified, tmp_path)
    names["books.example"] = ["127.0.0.1"]
    asked_for: list[str] = []
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    tls.sni_callback = lambda _, name, __: asked_for.append(name)
    with Service(tls=tls) as service:
        service.at("/", replies())
        place = f"books.example:{service.port}"
        secure = replace(rules, hosts=frozenset({place}), schemes=frozenset({"https"}))

        with Client(secure, tls=ssl.create_default_context(cafile=str(certificate))) as client:
            if certified == "books.example":
                assert client.get(f"https://{place}/").status == 200
            else:
                with pytest.raises(Unreachable):
                    client.get(f"https://{place}/")
                assert service.asked == []

    assert asked_for == ["books.example"]
