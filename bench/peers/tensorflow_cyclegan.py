"""CycleGAN of the TensorFlow tutorial: Keras networks, a training step under `tf.function`."""
import math
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf

import protocol

TASK = protocol.task()
CASE = TASK["case"]
SIZE, BATCH, IDENTITY = CASE["size"], CASE["batch"], CASE["identity"]
LAMBDA = 10.0
layers = tf.keras.layers

tf.random.set_seed(1)
if TASK["precision"] != "float32":
    raise SystemExit("the tutorial supports float32 only")
protocol.require_instance_norm(CASE)


# --- networks


class InstanceNormalization(layers.Layer):
    def build(self, shape):
        around_one = tf.random_normal_initializer(1.0, 0.02)
        self.scale = self.add_weight(name="scale", shape=shape[-1:], initializer=around_one)
        self.offset = self.add_weight(name="offset", shape=shape[-1:], initializer="zeros")

    def call(self, x):
        mean, variance = tf.nn.moments(x, axes=[1, 2], keepdims=True)
        return self.scale * ((x - mean) * tf.math.rsqrt(variance + 1e-5)) + self.offset


class ReflectionPadding(layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.width = width

    def call(self, x):
        around = [self.width, self.width]
        return tf.pad(x, [[0, 0], around, around, [0, 0]], "REFLECT")


def around_zero():
    return tf.random_normal_initializer(0.0, 0.02)


def conv(filters, kernel, **options):
    return layers.Conv2D(filters, kernel, kernel_initializer=around_zero(), **{"use_bias": False, **options})


def conv_transpose(filters, kernel, **options):
    options = {"strides": 2, "padding": "same", "use_bias": False, **options}
    return layers.Conv2DTranspose(filters, kernel, kernel_initializer=around_zero(), **options)


def chain(x, *chained):
    for layer in chained:
        x = layer(x)
    return x


def resnet(blocks, width):
    image = layers.Input((SIZE, SIZE, 3))
    x = chain(image, ReflectionPadding(3), conv(width, 7), InstanceNormalization(), layers.ReLU())
    for filters in (2 * width, 4 * width):
        x = chain(x, conv(filters, 3, strides=2, padding="same"), InstanceNormalization(), layers.ReLU())
    for _ in range(blocks):
        branch = chain(x, ReflectionPadding(1), conv(4 * width, 3), InstanceNormalization(), layers.ReLU())
        branch = chain(branch, ReflectionPadding(1), conv(4 * width, 3), InstanceNormalization())
        x = layers.Add()([x, branch])
    for filters in (2 * width, width):
        x = chain(x, conv_transpose(filters, 3), InstanceNormalization(), layers.ReLU())
    x = chain(x, ReflectionPadding(3), conv(3, 7, use_bias=True, activation="tanh"))
    return tf.keras.Model(image, x)


def down(x, filters, slope, norm=True):
    x = conv(filters, 4, strides=2, padding="same")(x)
    return layers.LeakyReLU(negative_slope=slope)(InstanceNormalization()(x) if norm else x)


def unet(width, depth, dropout, slope):
    filters = [width * min(2**i, 8) for i in range(depth)]
    image = x = layers.Input((SIZE, SIZE, 3))
    skips = []
    for i, count in enumerate(filters):
        x = down(x, count, slope, norm=i > 0)
        skips.append(x)
    skips.pop()
    for i, count in enumerate(reversed(filters[:-1])):
        x = chain(x, conv_transpose(count, 4), InstanceNormalization())
        x = layers.ReLU()(layers.Dropout(dropout)(x) if i < 3 and dropout > 0 else x)
        x = layers.Concatenate()([x, skips.pop()])
    return tf.keras.Model(image, conv_transpose(3, 4, use_bias=True, activation="tanh")(x))


def patchgan(width, depth, slope):
    filters = [width * min(2**i, 8) for i in range(depth + 1)]
    image = x = layers.Input((SIZE, SIZE, 3))
    for i, count in enumerate(filters[:-1]):
        x = down(x, count, slope, norm=i > 0)
    x = chain(x, layers.ZeroPadding2D(), conv(filters[-1], 4), InstanceNormalization())
    x = layers.LeakyReLU(negative_slope=slope)(x)
    return tf.keras.Model(image, chain(x, layers.ZeroPadding2D(), conv(1, 4, use_bias=True)))


def generator():
    options = CASE["generator"]
    if options["type"] == "unet":
        return unet(*(options[name] for name in ("width", "depth", "dropout", "slope")))
    return resnet(options["blocks"], options["width"])


def discriminator():
    return patchgan(*(CASE["discriminator"][name] for name in ("width", "layers", "slope")))


G, F, D_X, D_Y = generator(), generator(), discriminator(), discriminator()
NETWORKS = (G, F, D_X, D_Y)
OPTIMIZERS = [tf.keras.optimizers.Adam(2e-4, beta_1=0.5) for _ in NETWORKS]
for optimizer, network in zip(OPTIMIZERS, NETWORKS):
    optimizer.build(network.trainable_variables)


# --- the training step

cross_entropy = tf.keras.losses.BinaryCrossentropy(from_logits=True)


def is_real(logits):
    return cross_entropy(tf.ones_like(logits), logits)


def discriminator_loss(real, fake):
    return 0.5 * (is_real(real) + cross_entropy(tf.zeros_like(fake), fake))


def l1(a, b):
    return tf.reduce_mean(tf.abs(a - b))


def identity_loss(network, real):
    """Without a weight, it saves the pass through the generator."""
    return IDENTITY * LAMBDA * l1(real, network(real, training=True)) if IDENTITY > 0 else 0.0


@tf.function
def train_step(x, y):
    with tf.GradientTape(persistent=True) as tape:
        fake_y, fake_x = G(x, training=True), F(y, training=True)
        cycled_x, cycled_y = F(fake_y, training=True), G(fake_x, training=True)
        real_x_logits, real_y_logits = D_X(x, training=True), D_Y(y, training=True)
        fake_x_logits, fake_y_logits = D_X(fake_x, training=True), D_Y(fake_y, training=True)

        cycle = LAMBDA * (l1(x, cycled_x) + l1(y, cycled_y))
        losses = (
            is_real(fake_y_logits) + cycle + identity_loss(G, y),
            is_real(fake_x_logits) + cycle + identity_loss(F, x),
            discriminator_loss(real_x_logits, fake_x_logits),
            discriminator_loss(real_y_logits, fake_y_logits),
        )
    gradients = [tape.gradient(loss, network.trainable_variables) for loss, network in zip(losses, NETWORKS)]
    for optimizer, gradient, network in zip(OPTIMIZERS, gradients, NETWORKS):
        optimizer.apply_gradients(zip(gradient, network.trainable_variables))
    return losses


@tf.function
def translated(x):
    return G(x, training=False)


x, y = (tf.random.uniform((BATCH, SIZE, SIZE, 3), -1, 1) for _ in range(2))


def step():
    return [float(loss) for loss in train_step(x, y)]


def translate():
    return translated(x).numpy()


# Tracing is part of the start-up, as for our traced contestant.
(translated if TASK["what"] == "translate" else train_step).get_concrete_function(
    *((x,) if TASK["what"] == "translate" else (x, y))
)
protocol.serve(
    {"tensorflow": tf.__version__, "device": "gpu" if tf.config.list_physical_devices("GPU") else "cpu"},
    {"step": step, "translate": translate},
    weights=sum(
        math.prod(weight.shape) for network in NETWORKS for weight in network.trainable_variables if len(weight.shape) == 4
    ),
)
