import torch


def black_scholes(price, strike, t, rate, vol):
    a = torch.log(price / strike)
    b = t * -rate
    z = t * vol * vol * 2
    c = 0.25 * z
    y = 1.0 / torch.sqrt(z)
    d1 = 0.5 + 0.5 * torch.erf((a - b + c) * y)
    d2 = 0.5 + 0.5 * torch.erf((a - b - c) * y)
    se = torch.exp(b) * strike
    call = price * d1 - se * d2
    return call, call - price + se
