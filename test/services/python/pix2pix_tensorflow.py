"""The training step of Pix2Pix in plain TensorFlow, the reference for the runner's. For its arguments see reference.py.

Written from Isola et al. 2017 (arXiv:1611.07004; equations are the paper's) in the form of TensorFlow's tutorial on it.
The networks are those of cyclegan_tensorflow.py.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import tensorflow as tf  # noqa: E402

import pattern  # noqa: E402
import reference  # noqa: E402
import training  # noqa: E402
from cyclegan_tensorflow import make_network  # noqa: E402


def run(case):
    G = make_network("G", case["generator"], case["amplitude"])
    D = make_network("D", case["discriminator"], case["amplitude"])
    shape = (case["batch"], case["imageSize"], case["imageSize"], 3)
    images = {"A": pattern.images("x", shape), "B": pattern.images("y", shape)}
    source, _, target = case["direction"].partition("to")
    x, y = tf.constant(images[source]), tf.constant(images[target])
    G(x)
    D(tf.concat([x, y], axis=-1))

    assert case["adversarial"] == "bce", "the paper has no other"
    judge = tf.keras.losses.BinaryCrossentropy(from_logits=True)

    def compute():
        gen_output = G(x)
        disc_real_output = D(tf.concat([x, y], axis=-1))
        disc_generated_output = D(tf.concat([x, gen_output], axis=-1))

        # G's side of equation 1 as section 3.3 trains it, maximising log D(x, G(x)); equation 3; equation 4.
        gan_loss = judge(tf.ones_like(disc_generated_output), disc_generated_output)
        l1_loss = tf.reduce_mean(tf.abs(y - gen_output))
        gen_total_loss = gan_loss + case["lambda"] * l1_loss

        # D's side of equation 1, divided by 2 as in section 3.3 (the tutorial does not).
        real_loss = judge(tf.ones_like(disc_real_output), disc_real_output)
        generated_loss = judge(tf.zeros_like(disc_generated_output), disc_generated_output)
        disc_loss = (real_loss + generated_loss) / 2

        return {"G/adversarial": gan_loss, "l1": l1_loss}, {"G": gen_total_loss, "D": disc_loss}

    return training.train({"G": G, "D": D}, compute, case["steps"])


if __name__ == "__main__":
    reference.main(run)
