"""Addresses that lead, or try to lead, to where the portal must never call."""

# ``{p}`` is the canary's port, which the settings of these tests allow: only the address is wrong.
LOOPBACK = """\
http://127.0.0.1:{p}/
http://127.0.0.2:{p}/
http://127.255.255.254:{p}/
http://127.1:{p}/
http://127.0.1:{p}/
http://0:{p}/
http://0.0.0.0:{p}/
http://localhost:{p}/
http://LocalHost:{p}/
http://2130706433:{p}/
http://0x7f000001:{p}/
http://0x7f.1:{p}/
http://017700000001:{p}/
http://0177.0.0.1:{p}/
http://0x7f.0.0.1:{p}/
http://[::1]:{p}/
http://[::]:{p}/
http://[0:0:0:0:0:0:0:1]:{p}/
http://[::ffff:127.0.0.1]:{p}/
http://[::ffff:7f00:1]:{p}/
http://user@127.0.0.1:{p}/
http://user:password@localhost:{p}/
http://public.example@127.0.0.1:{p}/
http://public.example:80@127.0.0.1:{p}/
http://private.example:{p}/
http://@127.0.0.1:{p}/
""".splitlines()

ELSEWHERE = """\
http://localhost.:{p}/
http://127.0.0.1.:{p}/
http://127.0.0.01:{p}/
http://１２７.0.0.1:{p}/
http://①②⑦.⓪.⓪.①:{p}/
http://127。0。0。1:{p}/
http://%31%32%37.0.0.1:{p}/
http://[::127.0.0.1]:{p}/
http://[::ffff:0:127.0.0.1]:{p}/
http://[64:ff9b::7f00:1]:{p}/
http://[64:ff9b:1::7f00:1]:{p}/
http://[2002:7f00:1::]:{p}/
http://[2001:0:4136:e378:8000:63bf:80ff:fffe]:{p}/
http://[fe80::1]:{p}/
http://[fe80::1%25lo]:{p}/
http://[fec0::1]:{p}/
http://[fc00::1]:{p}/
http://[fd00:ec2::254]/latest/meta-data/
http://[ff02::1]:{p}/
http://[ff0e::1]:{p}/
http://[100::1]:{p}/
http://[2001:db8::1]:{p}/
http://[3fff::1]:{p}/
http://[5f00::1]:{p}/
http://[4000::1]:{p}/
http://10.0.0.1:{p}/
http://10.255.255.254/
http://172.16.0.1/
http://172.31.255.254/
http://192.168.0.1/
http://192.168.255.254:{p}/
http://[::ffff:10.0.0.1]/
http://169.254.169.254/latest/meta-data/
http://[::ffff:a9fe:a9fe]/latest/meta-data/
http://0xa9fea9fe/latest/meta-data/
http://2852039166/latest/meta-data/
http://metadata.example/computeMetadata/v1/
http://169.254.0.23/latest/meta-data/
http://100.100.100.200/latest/meta-data/
http://168.63.129.16/machine
http://192.0.0.192/opc/v2/
http://100.64.0.1/
http://100.127.255.254/
http://0.1.2.3/
http://192.0.2.1/
http://192.88.99.1/
http://198.18.0.1/
http://198.51.100.1/
http://203.0.113.1/
http://224.0.0.1/
http://239.255.255.250/
http://240.0.0.1/
http://255.255.255.255/
http://mixed.example:{p}/
http://mixed-turned.example:{p}/
http://mixed-six.example:{p}/
http://nobody.example:{p}/
http://public.example:22/
http://public.example:25/
http://public.example:5432/
http://public.example:6379/
http://public.example:0/
http://public.example:-1/
http://public.example:65536/
http://public.example:80:{p}/
http://127.0.0.1:{p}\\@public.example/
http://a..example/
http://under_score.example/
http://
http:///path
http:127.0.0.1:{p}/
//127.0.0.1:{p}/
127.0.0.1:{p}/
file:///etc/passwd
file://127.0.0.1/etc/passwd
gopher://127.0.0.1:{p}/_hello
ftp://127.0.0.1:{p}/
dict://127.0.0.1:{p}/info
ldap://127.0.0.1:{p}/
http+unix://%2Frun%2Fdocker.sock/info
data:text/plain,hello
javascript:alert(1)
""".splitlines()

# Not one word each.
SPOILT = [
    "",
    " http://127.0.0.1:{p}/",
    "http://127.0.0.1:{p}/\r\nX-Added: yes",
    "http://public.example\t@127.0.0.1:{p}/",
    "http://public.example\x00.example/",
    "http://public.example/" + "a" * 2000,
]
HOSTILE = [*LOOPBACK, *ELSEWHERE, *SPOILT]
