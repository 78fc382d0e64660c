l = ["1", 2, "3.5"]
s = ["b", "a", "b"]
m = { x = "true", y = false }
t = [1, "2"]
o = { a = true, b = [1, 2], c = "dropped" }
any = { x = [1, "a", null] }
nn = null
