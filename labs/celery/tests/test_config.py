from datetime import timedelta

import pytest

from lab_celery.config import celery_settings


@pytest.mark.parametrize("url", ["amqp://guest@127.0.0.1//", "amqps://mq.example.com/shop"])
def test_rabbitmq_gets_quorum_queues_with_a_limit_and_confirms(url):
    settings = celery_settings(url, ["default", "mail"])

    queues = settings["CELERY_TASK_QUEUES"]
    assert [queue.name for queue in queues] == ["default", "mail"]
    assert [queue.queue_arguments["x-queue-type"] for queue in queues] == ["quorum", "quorum"]
    assert queues[0].queue_arguments["x-delivery-limit"] == 20
    assert queues[0].queue_arguments["x-dead-letter-exchange"] == "default.dead-letters"
    assert settings["CELERY_BROKER_TRANSPORT_OPTIONS"]["confirm_publish"] is True


@pytest.mark.parametrize("url", ["redis://127.0.0.1:6379/1", "rediss://valkey.example.com/0"])
def test_valkey_hides_a_message_for_longer_than_any_task_runs(url):
    settings = celery_settings(url, ["default"], longest=timedelta(minutes=30))

    options = settings["CELERY_BROKER_TRANSPORT_OPTIONS"]
    assert settings["CELERY_TASK_TIME_LIMIT"] == 1800
    assert settings["CELERY_TASK_SOFT_TIME_LIMIT"] == 1620
    assert options["visibility_timeout"] > settings["CELERY_TASK_TIME_LIMIT"]
    assert "global_keyprefix" not in options
    assert settings["CELERY_TASK_QUEUES"][0].queue_arguments is None


def test_a_worker_acknowledges_what_is_done_and_takes_one_message_at_a_time():
    settings = celery_settings("redis://127.0.0.1/1", ["default", "mail"])

    assert settings["CELERY_TASK_DEFAULT_QUEUE"] == "default"
    assert settings["CELERY_TASK_ACKS_LATE"] is True
    assert settings["CELERY_TASK_REJECT_ON_WORKER_LOST"] is True
    assert settings["CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT"] is False
    assert settings["CELERY_WORKER_PREFETCH_MULTIPLIER"] == 1
