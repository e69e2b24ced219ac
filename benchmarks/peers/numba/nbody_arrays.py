import numpy as np


def accelerations(pos, mass, g, softening, acc):
    n = len(pos)
    for i in range(n):
        ax = ay = az = 0.0
        for j in range(n):
            dx = pos[j, 0] - pos[i, 0]
            dy = pos[j, 1] - pos[i, 1]
            dz = pos[j, 2] - pos[i, 2]
            d = dx * dx + dy * dy + dz * dz + softening * softening
            inverse = 1.0 / (d * np.sqrt(d))
            ax += dx * inverse * mass[j, 0]
            ay += dy * inverse * mass[j, 0]
            az += dz * inverse * mass[j, 0]
        acc[i, 0] = g * ax
        acc[i, 1] = g * ay
        acc[i, 2] = g * az


def energies(pos, vel, mass, g):
    ke = pe = 0.0
    n = len(pos)
    for i in range(n):
        ke += 0.5 * mass[i, 0] * (vel[i, 0] ** 2 + vel[i, 1] ** 2 + vel[i, 2] ** 2)
        for j in range(i + 1, n):
            dx = pos[j, 0] - pos[i, 0]
            dy = pos[j, 1] - pos[i, 1]
            dz = pos[j, 2] - pos[i, 2]
            pe -= g * mass[i, 0] * mass[j, 0] / np.sqrt(dx * dx + dy * dy + dz * dz)
    return ke, pe


def nbody_arrays(mass, pos, vel, steps, dt, g, softening):
    n = len(pos)
    total = 0.0
    for i in range(n):
        total += mass[i, 0]
    for k in range(3):
        mean = 0.0
        for i in range(n):
            mean += mass[i, 0] * vel[i, k]
        vel[:, k] -= mean / total
    acc = np.empty((n, 3))
    accelerations(pos, mass, g, softening, acc)
    ke, pe = np.empty(steps + 1), np.empty(steps + 1)
    ke[0], pe[0] = energies(pos, vel, mass, g)
    for step in range(steps):
        for i in range(n):
            for k in range(3):
                vel[i, k] += acc[i, k] * dt / 2.0
                pos[i, k] += vel[i, k] * dt
        accelerations(pos, mass, g, softening, acc)
        for i in range(n):
            for k in range(3):
                vel[i, k] += acc[i, k] * dt / 2.0
        ke[step + 1], pe[step + 1] = energies(pos, vel, mass, g)
    return ke, pe
