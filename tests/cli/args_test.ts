// The command line: what is meant, and what is refused with the near name.
import assert from "node:assert/strict";
import { parseCommand } from "../../src/cli/args.ts";
import { helpText } from "../../src/cli/help.ts";
import { SETTINGS } from "../../src/config/schema.ts";

function command(...args: string[]) {
  const parsed = parseCommand(args);
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.message);
  return parsed.command;
}

function refusal(...args: string[]): string {
  const parsed = parseCommand(args);
  assert.ok(!parsed.ok, `${args.join(" ")} was accepted`);
  return parsed.message;
}

Deno.test("no argument starts the server", () => {
  assert.deepEqual(command(), { name: "serve", flags: {}, json: false });
  assert.deepEqual(command("serve"), { name: "serve", flags: {}, json: false });
});

Deno.test("flags take their value behind a space or an equals sign, the last one wins", () => {
  assert.deepEqual(command("--port", "1", "--port=2", "--host=::1", "--json"), {
    name: "serve",
    flags: { port: "2", host: "::1" },
    json: true,
  });
});

Deno.test("every flag of the contract is there", () => {
  for (
    const flag of [
      "host",
      "port",
      "access-key",
      "config",
      "upstream",
      "log-level",
      "log-format",
      "public-endpoint",
      "transport",
    ]
  ) {
    assert.deepEqual(command(`--${flag}`, "v"), {
      name: "serve",
      flags: { [flag]: "v" },
      json: false,
    });
  }
});

Deno.test("a value may begin with a dash behind an equals sign, and negative numbers always", () => {
  assert.deepEqual(command("--access-key=-abc", "--port", "-1"), {
    name: "serve",
    flags: { "access-key": "-abc", port: "-1" },
    json: false,
  });
});

Deno.test("token takes roles and groups several times, and the server's flags", () => {
  assert.deepEqual(
    command(
      "token",
      "--hub",
      "chat",
      "--role",
      "a",
      "--role=b",
      "--group",
      "g",
      "--user",
      "u",
      "--port",
      "1",
    ),
    {
      name: "token",
      flags: { port: "1" },
      hub: "chat",
      user: "u",
      minutes: undefined,
      roles: ["a", "b"],
      groups: ["g"],
    },
  );
});

Deno.test("help and version are flags and commands", () => {
  for (
    const args of [["--help"], ["-h"], ["help"], ["token", "--help"], ["--port", "1", "--help"]]
  ) {
    assert.deepEqual(command(...args), { name: "help" });
  }
  for (const args of [["--version"], ["version"]]) {
    assert.deepEqual(command(...args), { name: "version" });
  }
  assert.deepEqual(command("key"), { name: "key" });
});

Deno.test("bad usage is refused with what was meant", () => {
  const table: readonly (readonly [string[], string])[] = [
    [["--prot", "1"], "Unknown flag --prot; did you mean --port?"],
    [["--prot=1"], "Unknown flag --prot; did you mean --port?"],
    [["--access_key", "x"], "Unknown flag --access_key; did you mean --access-key?"],
    [["--log-levle=x"], "Unknown flag --log-levle; did you mean --log-level?"],
    [["--quux"], "Unknown flag --quux; `hubbub --help` lists the known ones"],
    [["-p", "1"], "Unknown flag -p; `hubbub --help` lists the known ones"],
    [["--no-json"], "Unknown flag --no-json; `hubbub --help` lists the known ones"],
    [["--port"], "Flag --port needs a value; write --port VALUE, or --port=VALUE"],
    [["--port", "--json"], "Flag --port needs a value; write --port VALUE, or --port=VALUE"],
    [["--json=true"], "Flag --json takes no value; leave it out"],
    [["--port", "1", "2"], 'Unexpected argument "2"; values belong to flags'],
    [["tokn"], 'Unknown command "tokn"; did you mean token?'],
    [["8080"], 'Unknown command "8080"; `hubbub --help` lists the known ones'],
    [["--hub", "chat"], "Unknown flag --hub"],
    [["key", "--port", "1"], "Unknown flag --port; `hubbub --help` lists the known ones"],
    [["--constructor"], "Unknown flag --constructor"],
    [["--__proto__=1"], "Unknown flag --__proto__"],
  ];
  for (const [args, message] of table) {
    assert.ok(refusal(...args).startsWith(message), `${args.join(" ")}: ${refusal(...args)}`);
  }
});

Deno.test("help names every flag and every variable, in lines that fit", () => {
  const help = helpText();
  for (const { flag, env } of SETTINGS) {
    if (flag !== undefined) assert.ok(help.includes(`--${flag} `), flag);
    assert.ok(env !== undefined && help.includes(env), env);
  }
  for (const line of help.split("\n")) assert.ok(line.length <= 100, line);
  assert.ok(!help.includes("ABCDEFGHIJ"), "help shows no key");
});
