import torch


def arc_distance(theta_1, phi_1, theta_2, phi_2):
    a = torch.sin((theta_2 - theta_1) / 2) ** 2
    temp = a + torch.cos(theta_1) * torch.cos(theta_2) * torch.sin((phi_2 - phi_1) / 2) ** 2
    return (2 * torch.atan2(torch.sqrt(temp), torch.sqrt(1 - temp)),)
