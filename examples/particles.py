"""Particles as records: an array of them is a structured array of NumPy, and compiled code works in its memory.

pyc run examples/particles.py
pyc compile examples/particles.py
"""

import math

import numpy as np

import pyc
from pyc import Tensor, f64


@pyc.record
class Vec:
    x: f64
    y: f64

    def __add__(self, other: "Vec") -> "Vec":
        return Vec(self.x + other.x, self.y + other.y)

    def __mul__(self, s: f64) -> "Vec":
        return Vec(self.x * s, self.y * s)

    def length(self) -> f64:
        return math.sqrt(self.x * self.x + self.y * self.y)


@pyc.record
class Particle:
    position: Vec
    velocity: Vec
    mass: f64 = 1.0

    def energy(self, gravity: f64) -> f64:
        return self.mass * (0.5 * self.velocity.length() ** 2 + gravity * self.position.y)


def bounce[N](particles: Tensor[Particle, N], gravity: f64, dt: f64, steps: int) -> int:
    """Let the particles fall between two walls onto a floor; how often one of them hit something."""
    hits = 0
    for _ in range(steps):
        for p in particles:
            p.velocity.y -= gravity * dt
            p.position = p.position + p.velocity * dt
            if not 0.0 <= p.position.x <= 1.0:
                p.position.x = min(max(p.position.x, 0.0), 1.0)
                p.velocity.x = -p.velocity.x
                hits += 1
            if p.position.y < 0.0:
                p.position.y = -p.position.y
                p.velocity.y = -p.velocity.y
                hits += 1
    return hits


def energy[N](particles: Tensor[Particle, N], gravity: f64) -> f64:
    total = 0.0
    for p in particles:
        total += p.energy(gravity)
    return total


def main() -> None:
    rng = np.random.default_rng(0)
    particles = np.zeros(50, dtype=Particle.dtype)
    particles["position"]["x"], particles["position"]["y"] = rng.random(50), rng.random(50)
    particles["velocity"]["x"] = rng.random(50) - 0.5
    particles["mass"] = 1.0
    before = energy(particles, 9.81)
    hits = bounce(particles, 9.81, 2e-4, 5000)
    after = energy(particles, 9.81)
    print(f"{hits} hits, energy {before:.2f} before and {after:.2f} after")
    assert abs(after - before) < 0.01 * before


if __name__ == "__main__":
    main()
