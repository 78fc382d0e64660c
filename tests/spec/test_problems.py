"""Every mistake in a spec is named with its line, its column and a remedy."""

from __future__ import annotations

import pytest

from asbuilt.spec import SpecError, load_spec, validate

HEAD = "asbuilt: 1\nname: shop\n"  # the text of each case begins on line 3


def problems(tmp_path, text, head=HEAD):
    path = tmp_path / "shop.yaml"
    path.write_text(head + text)
    return [(p.location.start_line, p.location.start_column, p.message, p.remedy) for p in validate(str(path))]


CASES = {
    "unknown key at the top": (
        "loging: {kms: true}\n",
        [(3, 1, "unknown key `loging`", "did you mean logging?")],
    ),
    "unknown key in an area": (
        "logging:\n  retention_day: 30\n",
        [(4, 3, "unknown key `retention_day` in `logging`", "did you mean retention_days?")],
    ),
    "key of another area": (
        "vpc_cidr: 10.0.0.0/16\n",
        [(3, 1, "unknown key `vpc_cidr`", "did you mean network.vpc_cidr?")],
    ),
    "unknown key without a likeness": (
        "tasks: {xyzzy: 1}\n",
        [(3, 9, "unknown key `xyzzy` in `tasks`", "keys here: subnets, public_ip")],
    ),
    "text for a number": (
        'services:\n  api: {port: "4000"}\n',
        [(4, 15, '`services.api.port` must be a whole number, not the text "4000"', "write 4000")],
    ),
    "number with underscores is text": (
        "services: {api: {memory: 4_096}}\n",
        [(3, 26, '`services.api.memory` must be a whole number, not the text "4_096"', "write 4096")],
    ),
    "sexagesimal number is text": (
        "scaling: {scale_in_cooldown: 5:00}\n",
        [
            (
                *(3, 30),
                '`scaling.scale_in_cooldown` must be a whole number, not the text "5:00"',
                "write the number in digits, without quotes or a unit",
            )
        ],
    ),
    "number with a leading zero": (
        "services: {api: {port: 0800}}\n",
        [(3, 24, "0800 begins with a zero, which may mean octal", "write 800, or put it in quotes if it is text")],
    ),
    "fraction for a whole number": (
        "services: {api: {cpu: 0.5}}\n",
        [
            (
                *(3, 23, "`services.api.cpu` must be a whole number, not 0.5"),
                "write the number in digits, without quotes or a unit",
            )
        ],
    ),
    "yes for true": (
        "logging: {kms: yes}\n",
        [(3, 16, '`logging.kms` must be true or false, not the text "yes"', "write true")],
    ),
    "off for false": (
        "tasks: {public_ip: off}\n",
        [(3, 20, '`tasks.public_ip` must be true or false, not the text "off"', "write false")],
    ),
    "number for text": (
        "region: 1\n",
        [(3, 9, "`region` must be text, not 1", 'write "1" in quotes')],
    ),
    "text for a list": (
        "endpoints: s3\n",
        [(3, 12, '`endpoints` must be a list, not the text "s3"', "write [s3]")],
    ),
    "text for a mapping": (
        "logging: 30\n",
        [
            (
                *(3, 10, "`logging` must be a mapping of keys to values, not 30"),
                "write keys and values, one a line, indented",
            )
        ],
    ),
    "no such choice": (
        "compute: {launch_type: FARGTE}\n",
        [(3, 24, '`compute.launch_type` cannot be the text "FARGTE"', "did you mean FARGATE?")],
    ),
    "port out of range": (
        "services: {api: {port: 70000}}\n",
        [
            (
                *(3, 24, "`services.api.port` must be at most 65535, not 70000"),
                "The container port that receives traffic",
            )
        ],
    ),
    "health check without a slash": (
        "services: {api: {health_check: health}}\n",
        [(3, 32, '`services.api.health_check` cannot be the text "health"', "a path begins with /")],
    ),
    "action without a service": (
        "iam: {task_role: {permissions: [{name: S3, actions: [GetObject]}]}}\n",
        [
            (
                *(3, 54, '`iam.task_role.permissions.0.actions.0` cannot be the text "GetObject"'),
                "write an IAM action as service:Action, as in s3:GetObject",
            )
        ],
    ),
    "name of a service": (
        "services:\n  my api: {port: 1}\n",
        [(4, 3, "`my api` is no name", "use letters, digits, - and _, beginning with a letter or digit")],
    ),
    "missing key of a rule": (
        "load_balancer:\n  rules:\n    - {priority: 1, paths: [/]}\n",
        [
            (
                *(5, 7, "`load_balancer.rules.0.service` is missing"),
                "Service of the inventory that receives the requests",
            )
        ],
    ),
    "key without a value": (
        "logging:\n  retention_days:\n",
        [(4, 3, "`logging.retention_days` has no value", "leave the key out, or give it a value")],
    ),
    "empty text": (
        'region: ""\n',
        [(3, 9, "`region` is empty", "leave the key out, or give it a value")],
    ),
    "key given twice": (
        "region: a\nname: other\n",
        [(4, 1, "`name` is given twice, first on line 2", "keep one of the two")],
    ),
    "merge key": (
        "logging:\n  <<: {kms: true}\n",
        [(4, 3, "`<<` merges nothing here", "merge keys left YAML with version 1.2: write the values out")],
    ),
    "tag": (
        "region: !!python/name:os.system x\n",
        [(3, 9, "the tag tag:yaml.org,2002:python/name:os.system is not understood", "write the value without a tag")],
    ),
    "two services on one port": (
        "services:\n  api: {port: 80}\n  web: {port: 81}\n  b2b: {port: 80}\n",
        [
            (
                *(6, 15, "`services.b2b.port` is 80, which is the port of api (line 4)"),
                "give each service its own port, or set compute.shared_ports: true if they share it on purpose",
            )
        ],
    ),
    "retention nobody offers": (
        "logging: {retention_days: 45}\n",
        [
            (
                *(3, 27, "CloudWatch Logs cannot keep events for 45 days"),
                "the nearest it offers: 30 and 60 days",
            )
        ],
    ),
    "retention beyond all": (
        "logging: {retention_days: 9999}\n",
        [(3, 27, "CloudWatch Logs cannot keep events for 9999 days", "the nearest it offers: 3653 days")],
    ),
    "CPU Fargate lacks": (
        "services: {api: {cpu: 300, memory: 512}}\n",
        [
            (
                *(3, 23, "Fargate has no tasks with 300 CPU units"),
                "CPU units are one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768",
            )
        ],
    ),
    "memory Fargate lacks": (
        "services: {api: {cpu: 1024, memory: 512}}\n",
        [
            (
                *(3, 37, "Fargate has no tasks with 1024 CPU units and 512 MiB"),
                (
                    "with 1024 CPU units there are 2048 to 8192 MiB in steps of 1024; "
                    "1024 CPU units with 2048 MiB is the next size up"
                ),
            )
        ],
    ),
    "no block": (
        "network: {vpc_cidr: 10.0.0/16}\n",
        [(3, 21, "10.0.0/16 is no CIDR block", "write an IPv4 network as in 10.0.0.0/16")],
    ),
    "address without a prefix": (
        "network: {vpc_cidr: 10.0.0.0}\n",
        [(3, 21, "10.0.0.0 is no CIDR block", "add the length of the prefix, as in 10.0.0.0/16")],
    ),
    "host bits": (
        "network:\n  subnets:\n    public: {cidrs: [10.0.1.0/24, 10.0.2.7/24]}\n",
        [(5, 35, "10.0.2.7/24 has host bits set", "did you mean 10.0.2.0/24?")],
    ),
    "subnet outside the VPC": (
        "network:\n  vpc_cidr: 10.0.0.0/16\n  subnets:\n    public: {cidrs: [10.1.1.0/24]}\n",
        [(6, 22, "10.1.1.0/24 is not in the VPC's 10.0.0.0/16", "subnets lie inside the VPC")],
    ),
    "subnets that overlap": (
        "network:\n  subnets:\n    a: {cidrs: [10.0.1.0/24]}\n    b: {cidrs: [10.0.0.0/20]}\n",
        [(6, 17, "10.0.0.0/20 overlaps 10.0.1.0/24 on line 5", "give each subnet its own block")],
    ),
    "VPC too large": (
        "network: {vpc_cidr: 10.0.0.0/8}\n",
        [(3, 21, "a VPC cannot be a /8", "the prefix of a VPC is /16 to /28")],
    ),
    "minimum above maximum": (
        "services: {api: {tasks: {min: 5, max: 2}}}\n",
        [
            (
                *(3, 31, "`services.api.tasks.min` is 5, more than the maximum of 2"),
                "the minimum is at most the maximum: swap or correct them",
            )
        ],
    ),
    "unknown class of a service": (
        "service_classes: {critical: {}, worker: {}}\nservices: {api: {class: critcal}}\n",
        [(4, 25, "`critcal` is no service class", "did you mean critical?")],
    ),
    "unknown class of a share": (
        "service_classes: {critical: {}}\ncapacity: {spot_share: {batch: 0.5}}\n",
        [(4, 32, "`batch` is no service class", "classes: critical")],
    ),
    "unknown class where none are listed": (
        "services: {api: {class: critical}}\n",
        [(3, 25, "`critical` is no service class", "list it under service_classes")],
    ),
    "share above one": (
        "service_classes: {w: {}}\ncapacity: {spot_share: {w: 80}}\n",
        [(4, 28, "`capacity.spot_share.w` must be at most 1.0, not 80", "")],
    ),
    "Spot that is not offered": (
        "service_classes: {w: {}}\ncapacity: {providers: [FARGATE], spot_share: {w: 0.8}}\n",
        [
            (
                *(4, 50, "w services are to run on Spot, which the cluster does not offer"),
                "add FARGATE_SPOT to capacity.providers",
            )
        ],
    ),
    "priority given twice": (
        (
            "load_balancer:\n  rules:\n"
            "    - {priority: 7, paths: [/a], service: x}\n    - {priority: 7, paths: [/b], service: x}\n"
        ),
        [(6, 18, "the priority 7 is taken by the rule on line 5", "give each rule its own")],
    ),
    "path given twice": (
        (
            "load_balancer:\n  rules:\n"
            "    - {priority: 7, paths: [/a], service: x}\n    - {priority: 8, paths: [/b, /a], service: x}\n"
        ),
        [(6, 33, "the path /a is taken by the rule on line 5", "give each rule its own")],
    ),
    "priority of the default": (
        "load_balancer:\n  default_priority: 7\n  rules: [{priority: 7, paths: [/a], service: x}]\n",
        [(4, 21, "the priority 7 is taken by the rule on line 5", "give each rule its own")],
    ),
    "route to an unlisted service": (
        (
            "services: {api: {}}\nload_balancer:\n  default_service: web\n"
            "  rules: [{priority: 7, paths: [/a], service: apo}]\n"
        ),
        [
            (5, 20, "requests are routed to `web`, which is no service", "services: api"),
            (6, 47, "requests are routed to `apo`, which is no service", "did you mean api?"),
        ],
    ),
    "rule that matches nothing": (
        "load_balancer: {rules: [{priority: 7, service: x}]}\n",
        [(3, 25, "a rule without paths and hosts matches nothing", "give it paths: [/example/*]")],
    ),
    "TLS that contradicts itself": (
        "load_balancer: {tls: {offers: TLSv1.2, minimum: TLSv1.3}}\n",
        [(3, 49, "the minimum TLSv1.3 rules out TLSv1.2, which must be offered", "lower the minimum")],
    ),
    "tasks in no subnets": (
        "network: {subnets: {private: {}}}\ntasks: {subnets: privat}\n",
        [(4, 18, "`privat` are no subnets of this network", "did you mean private?")],
    ),
    "zone of another region": (
        "region: us-east-1\nnetwork: {availability_zones: [us-east-1a, us-west-1a]}\n",
        [
            (
                4,
                44,
                "us-west-1a is no availability zone of us-east-1",
                "its zones begin with us-east-1, as in us-east-1a",
            )
        ],
    ),
    "placeholder": (
        "logging: {log_group: '/ecs/${servce}'}\n",
        [(3, 22, "${servce} is no placeholder", "did you mean service?")],
    ),
    "derived from an unknown environment": (
        "environments:\n  prod: {}\n  test: {derives_from: prd}\n",
        [(5, 24, "`test` derives from `prd`, which is no environment", "did you mean prod?")],
    ),
    "derived from itself": (
        "environments:\n  a: {derives_from: b}\n  b: {derives_from: a}\n",
        [
            (4, 21, "`a` derives from itself (a → b → a)", "let one of them state its values"),
            (5, 21, "`b` derives from itself (b → a → b)", "let one of them state its values"),
        ],
    ),
    "sized by nothing": (
        "environments:\n  a: {sizing: {share: 0.5}}\n",
        [(4, 7, "`a` is sized, but by no other environment", "add derives_from")],
    ),
    "size that is not clear": (
        "environments:\n  p: {}\n  a: {derives_from: p, sizing: {share: 0.5, minimum: true}}\n",
        [(5, 32, "the size of `a` is not clear", "give either share or minimum: true")],
    ),
    "taken back though never given": (
        "environments: {a: {logging: {kms: null}}}\n",
        [(3, 30, "`environments.a.logging.kms` takes back a value that is not set", "leave the key out")],
    ),
    "value of an environment": (
        "environments:\n  a:\n    logging: {retention_days: 15}\n",
        [(5, 31, "CloudWatch Logs cannot keep events for 15 days", "the nearest it offers: 14 and 30 days")],
    ),
    "subnets that do not fit another VPC": (
        (
            "network: {vpc_cidr: 10.0.0.0/16, subnets: {a: {cidrs: [10.0.200.0/24]}}}\n"
            "environments:\n  p: {}\n  s: {derives_from: p, network: {vpc_cidr: 10.1.0.0/20}}\n"
        ),
        [
            (
                *(6, 44, "the subnets of network.subnets.a do not fit into this VPC at their offsets"),
                "list their cidrs under environments.s.network.subnets.a",
            )
        ],
    ),
    "statement of a value that is not set": (
        (
            "logging: {kms: true}\nrequirements:\n"
            "  - {id: A, section: S, statement: T, values: [logging.kms, logging.km]}\n"
        ),
        [(5, 61, "A names `logging.km`, which is not set", "did you mean logging.kms?")],
    ),
    "statement given twice": (
        (
            "logging: {kms: true}\nrequirements:\n"
            "  - {id: A, section: S, statement: T, values: [logging.kms]}\n"
            "  - {id: A, section: S, statement: U, values: [logging.kms]}\n"
        ),
        [(6, 10, "the id A is taken by line 5", "give each statement its own id")],
    ),
    "statement in no section": (
        (
            "sections: [Logs]\nlogging: {kms: true}\nrequirements:\n"
            "  - {id: A, section: Log, statement: T, values: [logging.kms]}\n"
        ),
        [(6, 22, "`Log` is no section", "did you mean Logs?")],
    ),
    "tab": (
        "logging:\n\tkms: true\n",
        [
            (
                *(4, 1, "not YAML: while scanning for the next token found character that cannot start any token"),
                "indent with spaces",
            )
        ],
    ),
    "bare asterisk": (
        "environments: {p: {paths: [**/prod]}}\n",
        [
            (
                *(3, 29, "not YAML: while scanning an alias did not find expected alphabetic or numeric character"),
                "put text that begins with such a character in quotes",
            )
        ],
    ),
    "unknown alias": (
        "region: *x\n",
        [(3, 9, "*x names nothing that was read before", "put text that begins with * in quotes")],
    ),
    "second document": (
        "---\nname: x\n",
        [(3, 1, "a second document begins here", "a spec is one YAML document: remove `---`")],
    ),
    "list for a key": (
        "? [a, b]\n: 1\n",
        [(3, 3, "a key must be text", "write `key: value`; put a value with { or [ in quotes")],
    ),
}


@pytest.mark.parametrize("case", CASES, ids=[case.replace(" ", "-") for case in CASES])
def test_mistake(tmp_path, case):
    text, expected = CASES[case]
    assert problems(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", (1, 1, "a spec is a mapping of keys to values", "begin with `asbuilt: 1` and `name: …`")),
        ("- a\n", (1, 1, "a spec is a mapping of keys to values", "begin with `asbuilt: 1` and `name: …`")),
        ("asbuilt: 1\n", (1, 1, "`name` is missing", "Short name of the architecture")),
        ("asbuilt: 2\nname: x\n", (1, 10, "`asbuilt` cannot be 2", "it is one of: 1")),
    ],
)
def test_what_every_spec_needs(tmp_path, content, expected):
    assert problems(tmp_path, content, head="") == [expected]


def test_all_mistakes_are_reported_in_the_order_of_the_file(tmp_path):
    text = "region: 5\nlogging: {kms: 1}\ntasks: {public_ip: 3}\n"
    assert [p[0] for p in problems(tmp_path, text)] == [3, 4, 5]


def test_the_error_reads_as_file_line_column_message(tmp_path):
    path = tmp_path / "shop.yaml"
    path.write_text(HEAD + "region: 5\n")
    with pytest.raises(SpecError) as caught:
        load_spec(str(path))
    assert str(caught.value) == f'{path}:3:9: `region` must be text, not 5 (write "5" in quotes)'


@pytest.mark.parametrize(
    ("name", "message", "remedy"),
    [
        ("broxyva", "there is no spec `broxyva`", "did you mean broxiva? Or give the path of a YAML or Markdown file"),
        (
            "none/such.yaml",
            "none/such.yaml: no such file",
            "give a bundled name, or the path of a YAML or Markdown file",
        ),
        (".", ".: is a directory", "give a bundled name, or the path of a YAML or Markdown file"),
    ],
)
def test_no_such_spec(name, message, remedy):
    (problem,) = validate(name)
    assert (problem.location, problem.message, problem.remedy) == (None, message, remedy)
