"""Figures are for the bank's monitoring, not for the network."""


def test_the_machine_itself_reads_the_figures(client, db):
    response = client.get("/metrics")
    assert response.status_code == 200
    assert b"django_http_requests" in response.content


def test_other_addresses_see_nothing(client, db):
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 404


def test_a_forged_header_does_not_help(client, db):
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
