"""The training step of TensorFlow's CycleGAN tutorial in plain TensorFlow, the reference for the runner's. For its
arguments see reference.py.

Written from the tutorial and its pix2pix module, and for the ResNet from the paper's PyTorch code; dropout is off, because
random numbers cannot agree.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import tensorflow as tf  # noqa: E402

import pattern  # noqa: E402
import reference  # noqa: E402
import training  # noqa: E402


class Network:
    """Creates each weight when a layer first requests it by name."""

    def __init__(self, name, forward, amplitude):
        self.name, self.forward, self.amplitude, self.weights = name, forward, amplitude, {}

    def __call__(self, x):
        return self.forward(self, x)

    def weight(self, name, *shape):
        if name not in self.weights:
            self.weights[name] = tf.Variable(pattern.weight(self.name, name, shape, self.amplitude))
        return self.weights[name]

    def instance_norm(self, x, name):
        scale, offset = (self.weight(f"{name}/{part}", x.shape[-1]) for part in ("scale", "offset"))
        mean, variance = tf.nn.moments(x, axes=[1, 2], keepdims=True)
        return scale * ((x - mean) * tf.math.rsqrt(variance + 1e-5)) + offset

    def conv(self, x, name, filters, size, stride=1, padding="SAME", bias=False):
        y = tf.nn.conv2d(x, self.weight(f"{name}/kernel", size, size, x.shape[-1], filters), stride, padding)
        return y + self.weight(f"{name}/bias", filters) if bias else y

    def conv_transpose(self, x, name, filters, size, padding="SAME", bias=False):
        batch, height, width, channels = x.shape
        kernel = self.weight(f"{name}/kernel", size, size, filters, channels)
        y = tf.nn.conv2d_transpose(x, kernel, [batch, 2 * height, 2 * width, filters], 2, padding)
        return y + self.weight(f"{name}/bias", filters) if bias else y


def unet(width, depth, slope):
    filters = [min(width * 2**i, width * 8) for i in range(depth)]

    def forward(net, x):
        channels, skips = x.shape[-1], []
        for i, f in enumerate(filters):
            x = net.conv(x, f"down{i + 1}", f, 4, stride=2)
            if i > 0:
                x = net.instance_norm(x, f"down{i + 1}/norm")
            x = tf.nn.leaky_relu(x, slope)
            skips.append(x)
        for i, f in enumerate(reversed(filters[:-1])):
            x = net.instance_norm(net.conv_transpose(x, f"up{i + 1}", f, 4), f"up{i + 1}/norm")
            x = tf.concat([tf.nn.relu(x), skips[-2 - i]], axis=-1)
        return tf.tanh(net.conv_transpose(x, "last", channels, 4, bias=True))

    return forward


# Equal to PyTorch's Conv2d(3, stride=2, padding=1) and ConvTranspose2d(3, stride=2, padding=1, output_padding=1).
PADDING_1 = [[0, 0], [1, 1], [1, 1], [0, 0]]
PADDING_1_OUTPUT_1 = [[0, 0], [1, 0], [1, 0], [0, 0]]


def reflect(x, size):
    return tf.pad(x, [[0, 0], [size, size], [size, size], [0, 0]], "REFLECT")


def resnet(width, blocks):
    def forward(net, x):
        channels = x.shape[-1]
        norm_relu = lambda x, name: tf.nn.relu(net.instance_norm(x, f"{name}/norm"))
        x = norm_relu(net.conv(reflect(x, 3), "first", width, 7, padding="VALID"), "first")
        for i in (1, 2):
            x = norm_relu(net.conv(x, f"down{i}", width * 2**i, 3, stride=2, padding=PADDING_1), f"down{i}")
        for i in range(1, blocks + 1):
            name = f"residual{i}"
            h = norm_relu(net.conv(reflect(x, 1), f"{name}/conv1", width * 4, 3, padding="VALID"), f"{name}/conv1")
            h = net.conv(reflect(h, 1), f"{name}/conv2", width * 4, 3, padding="VALID")
            x = x + net.instance_norm(h, f"{name}/conv2/norm")
        for i in (1, 2):
            x = norm_relu(net.conv_transpose(x, f"up{i}", width * 4 // 2**i, 3, PADDING_1_OUTPUT_1), f"up{i}")
        return tf.tanh(net.conv(reflect(x, 3), "last", channels, 7, padding="VALID", bias=True))

    return forward


def patchgan(width, layers, slope):
    def forward(net, x):
        for i in range(layers):
            x = net.conv(x, f"down{i + 1}", min(width * 2**i, width * 8), 4, stride=2)
            if i > 0:
                x = net.instance_norm(x, f"down{i + 1}/norm")
            x = tf.nn.leaky_relu(x, slope)
        x = net.conv(tf.pad(x, PADDING_1), "wide", min(width * 2**layers, width * 8), 4, padding="VALID")
        x = tf.nn.leaky_relu(net.instance_norm(x, "wide/norm"), slope)
        return net.conv(tf.pad(x, PADDING_1), "logits", 1, 4, padding="VALID", bias=True)

    return forward


def make_network(name, options, amplitude):
    """@param options the type, and the arguments of the function of that name"""
    kinds = {"unet": unet, "resnet": resnet, "patchgan": patchgan}
    forward = kinds[options["type"]](**{k: v for k, v in options.items() if k != "type"})
    return Network(name, forward, amplitude)


def adversarial(name):
    if name == "bce":
        judge = tf.keras.losses.BinaryCrossentropy(from_logits=True)
    else:
        judge = tf.keras.losses.MeanSquaredError()
    real = lambda logits: judge(tf.ones_like(logits), logits)
    fake = lambda logits: judge(tf.zeros_like(logits), logits)
    return real, lambda on_real, on_fake: (real(on_real) + fake(on_fake)) * 0.5


def run(case):
    networks = {
        name: make_network(name, case["discriminator" if "D" in name else "generator"], case["amplitude"])
        for name in ("G", "F", "D_X", "D_Y")
    }
    G, F, D_X, D_Y = networks.values()
    generator_loss, discriminator_loss = adversarial(case["adversarial"])
    l1 = lambda a, b: tf.reduce_mean(tf.abs(a - b))
    forward_weight, backward_weight = case["lambda"]["forward"], case["lambda"]["backward"]
    shape = (case["batch"], case["imageSize"], case["imageSize"], 3)
    x, y = (tf.constant(pattern.images(domain, shape)) for domain in "xy")
    for network in networks.values():
        network(x)

    def compute():
        fake_y = G(x)
        cycled_x = F(fake_y)
        fake_x = F(y)
        cycled_y = G(fake_x)
        parts = {
            "G/adversarial": generator_loss(D_Y(fake_y)),
            "F/adversarial": generator_loss(D_X(fake_x)),
            "cycle/forward": l1(x, cycled_x),
            "cycle/backward": l1(y, cycled_y),
            "identity/G": l1(y, G(y)),
            "identity/F": l1(x, F(x)),
        }
        cycle = forward_weight * parts["cycle/forward"] + backward_weight * parts["cycle/backward"]
        totals = {
            "G": parts["G/adversarial"] + cycle + case["identity"] * backward_weight * parts["identity/G"],
            "F": parts["F/adversarial"] + cycle + case["identity"] * forward_weight * parts["identity/F"],
            "D_X": discriminator_loss(D_X(x), D_X(fake_x)),
            "D_Y": discriminator_loss(D_Y(y), D_Y(fake_y)),
        }
        return parts, totals

    return training.train(networks, compute, case["steps"])


if __name__ == "__main__":
    reference.main(run)
