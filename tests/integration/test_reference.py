"""What is made from the definitions of the verbs: completion, man page; and docs/cli.md, which must agree with them."""

import json
import re
import subprocess

import pytest

from conftest import BINARY, ROOT, SECONDS

COMMON = {"--config", "--plugins", "--json", "--verbose", "--help"}


def output(*arguments):
    return subprocess.run([BINARY, *arguments], check=True, capture_output=True, timeout=SECONDS, text=True).stdout


@pytest.fixture(scope="module")
def defined():
    """verb → its options, out of the man page."""
    page = output("man").replace("\\-", "-").replace("\\&", "")
    verbs = {}
    for section in re.split(r"^\.SS ", page.split(".SH EXIT STATUS")[0], flags=re.M)[1:]:
        name, _, rest = section.partition("\n")
        verbs[name.removeprefix("paknhub ")] = set(re.findall(r"^\.(?:BI|B) (--[a-z-]+)", rest, re.M))
    return verbs


def documented():
    verbs = {}
    for synopsis in re.findall(r"^\| `([a-z]+[^`]*)` \| ", (ROOT / "docs" / "cli.md").read_text(encoding="utf-8"), re.M):
        verb = re.match(r"[a-z][a-z0-9]*(?:[ -][a-z0-9]+)*", synopsis).group(0)
        assert verb not in verbs, f"{verb} stands twice in docs/cli.md"
        verbs[verb] = set(re.findall(r"--[a-z-]+", synopsis))
    return verbs


def test_every_verb_and_option_is_documented_and_nothing_else(defined):
    assert documented() == {verb: options - COMMON for verb, options in defined.items()}


def completions(line):
    """What bash offers after this line."""
    script = output("completion", "bash") + f"""
COMP_WORDS=({' '.join(repr(word) for word in line)})
COMP_CWORD={len(line) - 1}
_paknhub
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = subprocess.run(["bash", "-u", "-c", script], check=True, capture_output=True, text=True, timeout=SECONDS)
    assert done.stderr == ""
    return set(done.stdout.split())


def test_bash_offers_verbs_and_options(defined):
    top = {verb.split()[0] for verb in defined}
    assert completions(["paknhub", ""]) == top | COMMON
    assert completions(["paknhub", "deliv"]) == {"deliveries"}
    assert completions(["paknhub", "deliveries", "re"]) == {"replay"}
    assert completions(["paknhub", "--json", "deliveries", "replay", "--d"]) == {"--dead", "--dry-run"}
    assert completions(["paknhub", "nonsense", "rou"]) == {"route"}


def test_bash_offers_folders_and_files(tmp_path):
    (tmp_path / "petition.json").write_text("{}", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    start = f"{tmp_path}/"
    assert completions(["paknhub", "route", "explain", start]) == {f"{start}petition.json", f"{start}folder"}
    assert completions(["paknhub", "serve", "--config", start]) == {f"{start}folder"}


def test_the_man_page_is_sound_roff(tmp_path):
    page = tmp_path / "paknhub.1"
    page.write_text(output("man"), encoding="utf-8")
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-rCHECKSTYLE=3", "-z", page], capture_output=True, text=True,
                          timeout=SECONDS)
    assert (done.returncode, done.stderr) == (0, "")
    shown = subprocess.run(["groff", "-man", "-Tascii", "-P-c", page], check=True, capture_output=True, text=True, timeout=SECONDS)
    text = re.sub(r".\x08", "", shown.stdout)
    for word in ("NAME", "EXIT STATUS", "paknhub deliveries replay", "--no-environment", "NO_COLOR"):
        assert word in text, word


@pytest.mark.parametrize("message, language", [("STORE_UNAVAILABLE", "vi"), ("petition.phone_invalid", "en"), ("webhook.http_503", "vi"),
                                               ("portal.code_unknown", "vi"), ("portal.http_404", "en")])
def test_a_message_is_explained(message, language):
    entry = json.loads(output("explain", message, "--lang", language, "--json"))
    assert entry["id"] == message and entry["cause"] and entry["effect"] and entry["what_to_do"]


def test_an_unknown_message_is_exit_code_1():
    assert subprocess.run([BINARY, "explain", "NO_SUCH_THING"], capture_output=True, timeout=SECONDS).returncode == 1
