import pytest
from amqp.exceptions import NotFound
from kombu import Connection

from celery_playground.trials import remove_queue


def send(broker) -> None:
    app = broker.app()
    app.send_task("shop.charge", queue=broker.queue)
    remove_queue(app, broker.queue)


@pytest.mark.parametrize("broker", ["valkey"], indirect=True)
def test_of_a_removed_queue_valkey_keeps_no_key(broker):
    send(broker)

    with Connection(broker.url) as connection:
        assert connection.default_channel.client.keys(f"{broker.queue}*") == []


@pytest.mark.rabbitmq
@pytest.mark.parametrize("broker", ["rabbitmq"], indirect=True)
def test_of_a_removed_queue_rabbitmq_keeps_nothing(broker):
    send(broker)

    with Connection(broker.url) as connection, pytest.raises(NotFound):
        connection.default_channel.queue_declare(broker.queue, passive=True)
