"""Everything that runs the platform on this machine where no cluster is at hand: tools, cluster, images, plugins, charts."""
