"""A session of the simulated IMAP server (RFC 3501, 2177, 6851, 4315, 7888, 2971, 4959)."""

import base64
import binascii
import re

import mail_fetch
import mail_search
import mailbox_names
from mail_link import Answer, Gone, Link, TooLong
from mail_plan import AS_USUAL, Rule
from mail_store import SYSTEM_FLAGS, Mailbox, Message, same_flag
from mail_syntax import ANNOUNCED, PATTERN, TAG, Malformed, Parser, quoted

LONGEST_LINE = 65536
LONGEST_LITERAL = 64 << 20
ANYTIME = {"CAPABILITY", "NOOP", "LOGOUT", "ID"}
BEFORE_LOGIN = {"STARTTLS", "AUTHENTICATE", "LOGIN"}
AFTER_LOGIN = {"SELECT", "EXAMINE", "CREATE", "DELETE", "LIST", "LSUB", "SUBSCRIBE", "UNSUBSCRIBE", "STATUS", "APPEND", "NAMESPACE", "IDLE"}
SELECTED = {"CHECK", "CLOSE", "UNSELECT", "EXPUNGE", "SEARCH", "FETCH", "STORE", "COPY", "MOVE", "UID SEARCH", "UID FETCH", "UID STORE",
            "UID COPY", "UID MOVE", "UID EXPUNGE"}
ALONE = {"CAPABILITY", "NOOP", "LOGOUT", "STARTTLS", "NAMESPACE", "CHECK", "CLOSE", "UNSELECT", "EXPUNGE"}
# Numbers of messages must not change under a command that names them by number.
KEEPS_NUMBERS = {"SEARCH", "FETCH", "STORE"}


class No(Exception):
    """The command is understood and refused."""


class Session:
    protocol = "imap"

    def __init__(self, server, link: Link, number: int):
        self.server = server
        self.link = link
        self.number = number
        self.user: "str | None" = None
        self.mailbox: "Mailbox | None" = None
        self.read_only = False
        self.idling = False
        self._seen: list = []  # What the client knows: [message, flags], by sequence number.
        self._tag = ""

    def run(self) -> None:
        rule = self._meet("CONNECT", b"")
        self._wait(rule)
        answer = Answer(rule)
        first = rule.reply or f"OK [CAPABILITY {self._capabilities()}] ready"
        answer.line(f"* {first}")
        if first.upper().startswith("PREAUTH"):
            self.user = next(iter(self.server.users), "")
        self.link.send(answer, rule)
        while not first.upper().startswith("BYE") and not self.link.orderly:
            try:
                self._one_command()
            except TooLong:
                self.link.transmit(b"* BYE line too long\r\n")
                return

    def on_change(self) -> None:
        """Under the lock: a mailbox has changed."""
        if self.idling:
            self.link.wake()

    # Commands.

    def _one_command(self) -> None:
        text, literals = self._read_command()
        tag, _, rest = text.partition(b" ")
        if not TAG.fullmatch(tag) or b"\n" in text or b"\r" in text:
            self._meet("?", text)
            self.link.transmit(b"* BAD no tag, or no CR LF\r\n")
            return
        self._tag = tag.decode("ascii")
        name, _, arguments = rest.partition(b" ")
        name = name.decode("latin-1").upper()
        if name == "UID":
            second, _, arguments = arguments.partition(b" ")
            name = f"UID {second.decode('latin-1').upper()}"
        rule = self._meet(name, arguments, literals)
        self._wait(rule)
        # A space with nothing after it is an argument that is missing.
        separated = rest.endswith(b" ") and not arguments
        self._answer(name, Parser(b" " if separated else arguments, literals), rule)

    def _answer(self, name: str, parser: Parser, rule: Rule) -> None:
        answer = Answer(rule)
        status = "OK done"
        if rule.does:
            try:
                status = self._do(name, parser, answer, rule)
            except Malformed as problem:
                answer, status = Answer(rule), f"BAD {problem}"
            except (No, LookupError) as problem:
                answer, status = Answer(rule), f"NO {problem.args[0]}"
        if status is None:
            return
        self._conclude(answer, rule.reply or status, rule)
        if name == "STARTTLS" and (rule.reply or status).startswith("OK"):
            early = self.link.forget_early()
            if early:
                self.server.complain(self, f"{early} bytes in the clear after STARTTLS")
            self.link.start_tls()

    def _conclude(self, answer: Answer, status: str, rule: Rule) -> None:
        bye = status.upper().startswith("BYE")
        with self.server.lock:
            for text in self.server.take_unsolicited(self):
                answer.add(text)
        answer.line(f"* {status}" if bye else f"{self._tag} {status}")
        self.link.orderly = self.link.orderly or bye
        self.link.send(answer, rule, self._tag)

    def _meet(self, name: str, arguments: bytes, literals=()) -> Rule:
        """Notes the command, and finds out how it is to be treated."""
        shown = re.sub(rb"\x00(\d+)\x00", lambda found: b"{%d}" % len(literals[int(found[1])]), arguments)
        if name == "LOGIN":
            shown = b"***"
        elif name == "AUTHENTICATE":
            shown = re.sub(rb" .*", b" ***", shown)
        return self.server.meet(self, name, shown)

    def _wait(self, rule: Rule) -> None:
        if rule.delay:
            self.link.hang(rule.delay, lambda: False)
        if rule.hang:
            self.link.hang(None, self.server.releases())

    def _read_command(self) -> "tuple[bytes, list]":
        text, literals = b"", []
        while True:
            line = self.link.read_line(LONGEST_LINE)
            if b"\x00" in line:
                line = b"* NUL"  # No tag: refused.
            announced = ANNOUNCED.search(line)
            if not announced:
                return text + line, literals
            size = int(announced[1])
            waits = not announced[2] or "LITERAL+" not in self.server.capabilities
            if size > LONGEST_LITERAL:
                raise TooLong
            if waits:
                self.link.transmit(b"+ go on\r\n")
            literals.append(self.link.read_exactly(size))
            text += line[:announced.start()] + b"\x00%d\x00" % (len(literals) - 1)

    def _do(self, name: str, parser: Parser, answer: Answer, rule: Rule) -> "str | None":
        allowed = ANYTIME | (BEFORE_LOGIN if self.user is None else AFTER_LOGIN) | (SELECTED if self.mailbox else set())
        if name not in allowed:
            raise Malformed("no such command, or not now")
        if name == "IDLE":
            return self._idle(parser, rule)
        if name == "AUTHENTICATE":  # Waits for the client: not under the lock.
            return self._authenticate(parser)
        with self.server.lock:
            if name in ALONE:
                parser.end()
            status = getattr(self, "_do_" + name.lower().replace(" ", "_"))(parser, answer, rule)
            parser.end()  # Those that change anything have asked before.
            if self.mailbox and name not in ("SELECT", "EXAMINE"):
                self._tell_changes(answer, expunged=name not in KEEPS_NUMBERS)
        return status

    # Any time.

    def _capabilities(self) -> str:
        names = [name for name in self.server.capabilities if self.user is None or not name.startswith(("AUTH=", "SASL-IR"))]
        if self.user is None and not self.link.tls:
            if self.server.offers_tls("imap"):
                names.append("STARTTLS")
            if self.server.imap_tls == "required":
                names = [name for name in names if not name.startswith("AUTH=")] + ["LOGINDISABLED"]
        return " ".join(names)

    def _do_capability(self, parser, answer, _):
        answer.line(f"* CAPABILITY {self._capabilities()}")
        return "OK done"

    def _do_noop(self, *_):
        return "OK done"

    def _do_id(self, parser, answer, _):
        if not parser.accepts(b"NIL"):
            parser.items(lambda: parser.accepts(b"NIL") or parser.astring())
        parser.end()
        answer.line('* ID ("name" "simulator")')
        return "OK done"

    def _do_logout(self, parser, answer, _):
        answer.line("* BYE see you")
        self.link.orderly = True
        return "OK done"

    # Before login.

    def _do_starttls(self, *_):
        if self.link.tls or not self.server.offers_tls("imap"):
            raise Malformed("no TLS now")
        return "OK begin"

    def _do_login(self, parser, *_):
        user = parser.astring()
        parser.space()
        password = parser.astring()
        parser.end()
        return self._log_in(user, password)

    def _log_in(self, user: bytes, password: bytes) -> str:
        if self.server.imap_tls == "required" and not self.link.tls:
            raise No("[PRIVACYREQUIRED] not in the clear")
        name = user.decode("utf-8", "replace")
        if not self.server.log_in(self, name, password):
            raise No("[AUTHENTICATIONFAILED] wrong name or password")
        self.user = name
        return f"OK [CAPABILITY {self._capabilities()}] welcome"

    def _authenticate(self, parser: Parser) -> str:
        mechanism = parser.word()
        if f"AUTH={mechanism}" not in self.server.capabilities or mechanism != "PLAIN":
            raise No("[CANNOT] no such mechanism")
        if parser.accepts(b" "):
            if "SASL-IR" not in self.server.capabilities:
                raise Malformed("no initial response here")
            response = parser.match(re.compile(rb"[A-Za-z0-9+/]+=*|="), "base64")[0]
        else:
            self.link.transmit(b"+ \r\n")
            response = self.link.read_line(LONGEST_LINE)
        parser.end()
        try:
            _, user, password = base64.b64decode(response, validate=True).split(b"\0")
        except (ValueError, binascii.Error) as problem:
            raise Malformed("cancelled, or not PLAIN") from problem
        with self.server.lock:
            return self._log_in(user, password)

    # Mailboxes.

    def _do_select(self, parser, answer, _, read_only=False):
        name = parser.mailbox()
        parser.end()
        self.mailbox = None
        self.mailbox = mailbox = self.server.store.get(name)
        self.read_only = read_only
        self._seen = [[message, frozenset(message.flags)] for message in mailbox.messages]
        keywords = sorted({flag for message in mailbox.messages for flag in message.flags} - set(SYSTEM_FLAGS))
        flags = " ".join([*SYSTEM_FLAGS, *keywords])
        answer.line(f"* FLAGS ({flags})")
        answer.line("* OK [PERMANENTFLAGS ()] none" if read_only else rf"* OK [PERMANENTFLAGS ({flags} \*)] these")
        answer.line(f"* {len(self._seen)} EXISTS")
        answer.line("* 0 RECENT")
        unseen = [number for number, (message, _) in enumerate(self._seen, 1) if r"\Seen" not in message.flags]
        if unseen:
            answer.line(f"* OK [UNSEEN {unseen[0]}] first")
        answer.line(f"* OK [UIDVALIDITY {mailbox.uidvalidity}] valid")
        answer.line(f"* OK [UIDNEXT {mailbox.uidnext}] next")
        return "OK [READ-ONLY] done" if read_only else "OK [READ-WRITE] done"

    def _do_examine(self, parser, answer, rule):
        return self._do_select(parser, answer, rule, read_only=True)

    def _do_create(self, parser, *_):
        name = parser.mailbox().rstrip(self.server.separator)
        parser.end()
        if self.server.store.name(name) in self.server.store.mailboxes:
            raise No("[ALREADYEXISTS] it is there")
        self.server.store.make(name)
        return "OK done"

    def _do_delete(self, parser, *_):
        name = parser.mailbox()
        parser.end()
        if name.upper() == "INBOX":
            raise No("[CANNOT] never")
        self.server.cut_off(self.server.store.remove(name))
        return "OK done"

    def _do_subscribe(self, parser, *_):
        parser.mailbox()
        return "OK done"

    _do_unsubscribe = _do_subscribe

    def _do_list(self, parser, answer, _, command="LIST"):
        separator = self.server.separator
        reference = parser.mailbox()
        parser.space()
        pattern = reference + parser.mailbox(PATTERN)
        if not pattern:
            answer.line(rf'* {command} (\Noselect) {quoted(separator)} ""')
            return "OK done"
        level = f"[^{re.escape(separator)}]*"
        expression = "".join({"*": ".*", "%": level}.get(letter, re.escape(letter)) for letter in pattern)
        for name in sorted(self.server.store.mailboxes):
            if re.fullmatch(expression, name, re.I if name == "INBOX" else 0):
                answer.line(f"* {command} () {quoted(separator)} {mailbox_names.quoted(name)}")
        return "OK done"

    def _do_lsub(self, parser, answer, rule):
        return self._do_list(parser, answer, rule, command="LSUB")

    def _do_namespace(self, parser, answer, _):
        answer.line(f'* NAMESPACE (("" {quoted(self.server.separator)})) NIL NIL')
        return "OK done"

    def _do_status(self, parser, answer, _):
        name = parser.mailbox()
        parser.space()
        wanted = parser.items(parser.word)
        parser.end()
        mailbox = self.server.store.get(name)
        unseen = sum(r"\Seen" not in message.flags for message in mailbox.messages)
        values = {"MESSAGES": len(mailbox.messages), "RECENT": 0, "UIDNEXT": mailbox.uidnext, "UIDVALIDITY": mailbox.uidvalidity,
                  "UNSEEN": unseen}
        if not set(wanted) <= set(values):
            raise Malformed("no such item")
        told = " ".join(f"{item} {values[item]}" for item in wanted)
        answer.line(f"* STATUS {mailbox_names.quoted(name)} ({told})")
        return "OK done"

    def _do_append(self, parser, *_):
        name = parser.mailbox()
        parser.space()
        flags, received = [], None
        if parser.peek(b"("):
            flags = parser.flags()
            parser.space()
        if parser.peek(b'"'):
            received = parser.date_time()
            parser.space()
        raw = parser.literal()
        parser.end()
        if self.server.store.name(name) not in self.server.store.mailboxes:
            raise No("[TRYCREATE] no such mailbox")
        mailbox = self.server.store.get(name)
        message = mailbox.put(raw, flags, received)
        self.server.changed()
        return f"OK [APPENDUID {mailbox.uidvalidity} {message.uid}] done" if self._has("UIDPLUS") else "OK done"

    # In a mailbox.

    def _has(self, capability: str) -> bool:
        return capability in self.server.capabilities

    def _do_check(self, *_):
        return "OK done"

    def _do_unselect(self, *_):
        if not self._has("UNSELECT"):
            raise Malformed("not here")
        self.mailbox = None
        return "OK done"

    def _do_close(self, *_):
        if not self.read_only:
            self._expunge(lambda message: r"\Deleted" in message.flags)
        self.mailbox = None
        return "OK done"

    def _do_expunge(self, *_):
        self._must_write()
        self._expunge(lambda message: r"\Deleted" in message.flags)
        return "OK done"

    def _do_uid_expunge(self, parser, *_):
        if not self._has("UIDPLUS"):
            raise Malformed("not here")
        numbers = parser.sequence_set()
        parser.end()
        self._must_write()
        chosen = {message.uid for _, message in self._chosen(numbers, by_uid=True)}
        self._expunge(lambda message: message.uid in chosen and r"\Deleted" in message.flags)
        return "OK done"

    def _expunge(self, condition) -> None:
        for message in [one for one in self.mailbox.messages if condition(one)]:
            self.mailbox.remove(message)
        self.server.changed()

    def _must_write(self) -> None:
        if self.read_only:
            raise No("the mailbox is read-only")

    def _chosen(self, numbers, by_uid: bool) -> "list[tuple[int, Message]]":
        """Messages by their UIDs, where those that do not exist count for nothing; or by their numbers."""
        largest = max((message.uid for message, _ in self._seen), default=0) if by_uid else len(self._seen)
        if not by_uid and (numbers.highest() > largest or not largest):
            raise Malformed("no message of that number")
        return [(number, message) for number, (message, _) in enumerate(self._seen, 1)
                if numbers.holds(message.uid if by_uid else number, largest)]

    def _do_search(self, parser, answer, _, by_uid=False):
        fits = mail_search.parse(parser, len(self._seen), max((message.uid for message, _ in self._seen), default=0))
        found = [message.uid if by_uid else number for number, (message, _) in enumerate(self._seen, 1) if fits(message, number)]
        answer.line(" ".join(["* SEARCH", *map(str, found)]))
        return "OK done"

    def _do_uid_search(self, parser, answer, rule):
        return self._do_search(parser, answer, rule, by_uid=True)

    def _do_fetch(self, parser, answer, rule, by_uid=False):
        numbers = parser.sequence_set()
        parser.space()
        items = mail_fetch.parse(parser)
        parser.end()
        if by_uid and not any(item.name == "UID" for item in items):
            items.insert(0, mail_fetch.Item("UID"))
        for number, message in self._chosen(numbers, by_uid):
            told = items
            if not all(item.peeks for item in items) and not self.read_only and r"\Seen" not in message.flags:
                message.flags.add(r"\Seen")
                self._seen[number - 1][1] = frozenset(message.flags)
                told = items if any(item.name == "FLAGS" for item in items) else [*items, mail_fetch.Item("FLAGS")]
                self.server.changed()
            mail_fetch.write(answer, rule, number, message, told)
        return "OK done"

    def _do_uid_fetch(self, parser, answer, rule):
        return self._do_fetch(parser, answer, rule, by_uid=True)

    def _do_store(self, parser, answer, _, by_uid=False):
        numbers = parser.sequence_set()
        parser.space()
        how = next((one for one in ("+", "-") if parser.accepts(one.encode())), "")
        parser.expect(b"FLAGS")
        silent = parser.accepts(b".SILENT")
        parser.space()
        flags = {same_flag(flag) for flag in parser.flags()}
        parser.end()
        if any(flag.startswith("\\") and flag not in SYSTEM_FLAGS for flag in flags):
            raise Malformed("no such flag")
        chosen = self._chosen(numbers, by_uid)
        self._must_write()
        for number, message in chosen:
            message.flags = message.flags | flags if how == "+" else message.flags - flags if how == "-" else set(flags)
            self._seen[number - 1][1] = frozenset(message.flags)
            if not silent:
                uid = f" UID {message.uid}" if by_uid else ""
                answer.line(f"* {number} FETCH (FLAGS ({' '.join(sorted(message.flags))}){uid})")
        self.server.changed()
        return "OK done"

    def _do_uid_store(self, parser, answer, rule):
        return self._do_store(parser, answer, rule, by_uid=True)

    def _copy(self, parser, by_uid) -> "tuple[list, str]":
        numbers = parser.sequence_set()
        parser.space()
        name = parser.mailbox()
        parser.end()
        chosen = [message for _, message in self._chosen(numbers, by_uid)]
        if self.server.store.name(name) not in self.server.store.mailboxes:
            raise No("[TRYCREATE] no such mailbox")
        target = self.server.store.get(name)
        copies = [target.put(message.raw, message.flags, message.received) for message in chosen]
        self.server.changed()
        code = ""
        if copies and self._has("UIDPLUS"):
            uids, new = (",".join(str(message.uid) for message in some) for some in (chosen, copies))
            code = f"[COPYUID {target.uidvalidity} {uids} {new}] "
        return chosen, code

    def _do_copy(self, parser, *_, by_uid=False):
        _, code = self._copy(parser, by_uid)
        return f"OK {code}done"

    def _do_uid_copy(self, parser, *_):
        return self._do_copy(parser, by_uid=True)

    def _do_move(self, parser, answer, _, by_uid=False):
        if not self._has("MOVE"):
            raise Malformed("not here")
        self._must_write()
        chosen, code = self._copy(parser, by_uid)
        if code:
            answer.line(f"* OK {code}moved")
        self._expunge(lambda message: any(message is one for one in chosen))
        return "OK done"

    def _do_uid_move(self, parser, answer, rule):
        return self._do_move(parser, answer, rule, by_uid=True)

    # What others did.

    def _tell_changes(self, answer: Answer, expunged: bool) -> None:
        there = {id(message) for message in self.mailbox.messages}
        if expunged:
            for number in range(len(self._seen), 0, -1):
                if id(self._seen[number - 1][0]) not in there:
                    answer.line(f"* {number} EXPUNGE")
                    del self._seen[number - 1]
        for number, known in enumerate(self._seen, 1):
            message, flags = known
            if id(message) in there and flags != message.flags:
                answer.line(f"* {number} FETCH (FLAGS ({' '.join(sorted(message.flags))}))")
                known[1] = frozenset(message.flags)
        known_ones = {id(message) for message, _ in self._seen}
        fresh = [message for message in self.mailbox.messages if id(message) not in known_ones]
        if fresh:
            self._seen += [[message, frozenset(message.flags)] for message in fresh]
            answer.line(f"* {len(self._seen)} EXISTS")
            answer.line("* 0 RECENT")

    def _idle(self, parser: Parser, rule: Rule) -> None:
        if not self._has("IDLE"):
            raise Malformed("not here")
        parser.end()
        if rule.reply is not None:
            self._conclude(Answer(rule), rule.reply, rule)
            return
        answer = Answer(rule)
        answer.line("+ idling")
        with self.server.lock:
            self.idling = True
            self.server.changed()
        try:
            self.link.send(answer, rule, self._tag)
            self._idle_until_done(rule)
        finally:
            with self.server.lock:
                self.idling = False
                self.server.changed()
        last = self._meet("DONE", b"")
        self._wait(last)
        answer = Answer(last)
        if self.mailbox:
            with self.server.lock:
                self._tell_changes(answer, expunged=True)
        self._conclude(answer, last.reply or "OK done", last)

    def _idle_until_done(self, rule: Rule) -> None:
        paced = Rule(chunk=rule.chunk, pause=rule.pause) if rule is not AS_USUAL else AS_USUAL
        while True:
            with self.server.lock:
                answer = Answer()
                for text in self.server.take_unsolicited(self):
                    answer.add(text)
                if self.mailbox:
                    self._tell_changes(answer, expunged=True)
            self.link.transmit(answer.take(), paced)
            if not self.link.readable():
                continue
            line = self.link.read_line(LONGEST_LINE)
            if line.upper() == b"DONE":
                return
            self.server.complain(self, "not DONE while idling")
            self.link.transmit(b"* BYE DONE was expected\r\n")
            raise Gone
