import numpy as np


def arc_distance(theta_1, phi_1, theta_2, phi_2):
    out = np.empty_like(theta_1)
    for i in range(len(out)):
        t = (
            np.sin((theta_2[i] - theta_1[i]) / 2) ** 2
            + np.cos(theta_1[i]) * np.cos(theta_2[i]) * np.sin((phi_2[i] - phi_1[i]) / 2) ** 2
        )
        out[i] = 2 * np.arctan2(np.sqrt(t), np.sqrt(1 - t))
    return out
