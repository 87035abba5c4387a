"""Common code of the training steps in plain TensorFlow."""

import tensorflow as tf


def train(networks, compute, steps):
    """Each network minimises its own total.

    @param compute returns the parts of the losses, and the total of each network
    @returns the losses of each step, the gradients of the first, the weights after the last
    """
    optimizers = {name: tf.keras.optimizers.Adam(2e-4, beta_1=0.5) for name in networks}
    losses, first_gradients = [], {}
    for step in range(steps):
        with tf.GradientTape(persistent=True) as tape:
            parts, totals = compute()
        gradients = {name: tape.gradient(totals[name], networks[name].weights) for name in networks}
        del tape
        parts.update({f"{name}/total": total for name, total in totals.items()})
        losses.append({name: float(value) for name, value in parts.items()})
        if step == 0:
            first_gradients = flat(gradients)
        for name, network in networks.items():
            optimizers[name].apply_gradients((gradients[name][k], network.weights[k]) for k in network.weights)
    return losses, first_gradients, flat({name: network.weights for name, network in networks.items()})


def flat(tensors):
    return {f"{network}/{name}": value.numpy() for network, named in tensors.items() for name, value in named.items()}
