"""The fixture of the stories: the sample data in a real database, a real SMTP listener, a real post office."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot import app as apps
from mailbot.config import load
from mailbot.demo.postoffice import PostOffice
from mailbot.demo.sandbox import SAMPLE, SHEETS, configuration
from mailbot.gateways import smtp_in
from mailbot.service import imports, questions
from mailbot.store import questions as kept
from tests.flow.campaign import REF, Campaign


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    office = PostOffice()
    office.open()
    (tmp_path / "config.toml").write_text(configuration(office.port), encoding="utf-8")
    config = load(tmp_path / "config.toml", {})
    apps.initialise(config, sandbox=True)
    app = apps.build(config)
    files = [SAMPLE / f"{name}.csv" for name in SHEETS]
    imports.import_files(app.system.store, files, config.questions.catalogue, app.system.now())
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(smtp_in.start(apps.door(app, lambda: None), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    here = Campaign(app, office, apps.sender(config), server.port)
    dossier = kept.get(app.system.store.conn, kept.id_of(app.system.store.conn, REF)).dossier.id
    questions.ask(app.system, kept.drafts(app.system.store.conn, dossier))
    here.run()
    yield here
    asyncio.run_coroutine_threadsafe(server.close(1), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()
    here.sender.close()
    app.system.store.close()
    office.close()
