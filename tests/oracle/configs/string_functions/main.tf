resource "terraform_data" "r" {
  input = {
    f = format("%s-%03d-%.2f-%v", "a", 7, 1.5, [1])
    s = split(",", "a,b,c")
    r = replace("a.b.c", ".", "-")
    x = regex("^(\\w+)-(\\d+)$", "api-42")
    a = regexall("\\d", "a1b2")
    t = trimsuffix(title("hello world"), "ld")
    u = substr("abcdef", 1, 3)
    b = base64encode("hello")
    h = sha256("x")
    w = startswith("abc", "ab")
    i = indent(2, "a\nb")
    fl = formatlist("%s:%d", ["a", "b"], [1, 2])
  }
}
