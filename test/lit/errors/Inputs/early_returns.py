"""Print a function that returns early, many times."""

print("def f(n: int) -> int:")
for i in range(2200):
    print(f"    if n == {i}:\n        return {i * i}")
print("    return 0")
