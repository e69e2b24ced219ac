"""Particles as records: they move, bounce and collide."""

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

    def scaled(self, s: f64) -> "Vec":
        return Vec(self.x * s, self.y * s)

    def length(self) -> f64:
        return math.sqrt(self.x * self.x + self.y * self.y)


@pyc.record
class Particle:
    position: Vec
    velocity: Vec
    mass: f64 = 1.0


def move[N](particles: Tensor[Particle, N], dt: f64, steps: int) -> f64:
    for _ in range(steps):
        for i in range(len(particles)):
            p = particles[i]
            p.position = p.position + p.velocity.scaled(dt)
            if p.position.x < 0.0 or p.position.x > 1.0:
                p.velocity.x = -p.velocity.x
            if p.position.y < 0.0 or p.position.y > 1.0:
                p.velocity.y = -p.velocity.y
            particles[i] = p
    energy = 0.0
    for i in range(len(particles)):
        energy += 0.5 * particles[i].mass * particles[i].velocity.length() ** 2
    return energy


def cases():
    rng = np.random.default_rng(18)
    particles = np.zeros(7, dtype=Particle.dtype)
    particles["position"]["x"] = rng.random(7)
    particles["position"]["y"] = rng.random(7)
    particles["velocity"]["x"] = rng.random(7) - 0.5
    particles["velocity"]["y"] = rng.random(7) - 0.5
    particles["mass"] = rng.random(7)
    yield "move", (particles, 0.3, 9)
