using System.Globalization;

namespace PhotoGuard.Ingest.Pixels.Vips;

/// <summary>Third layer, below: one call of a named libvips operation, its arguments, its single result.</summary>
internal sealed unsafe class VipsOperation : IDisposable
{
    private readonly string nickname;
    private readonly VipsOperationHandle handle;
    private VipsBlobHandle? input;

    /// <exception cref="VipsFailure">This libvips has no such operation.</exception>
    public VipsOperation(string nickname)
    {
        this.nickname = nickname;
        handle = LibVips.vips_operation_new(nickname);
        if (handle.IsInvalid)
            throw VipsFailure.Of(nickname);
    }

    public VipsOperation With(string name, string value)
    {
        if (LibVips.vips_object_set_argument_from_string(handle, name, value) != 0)
            throw VipsFailure.Of(nickname);
        return this;
    }

    public VipsOperation With(string name, int value) => With(name, value.ToString(CultureInfo.InvariantCulture));

    public VipsOperation With(string name, VipsImage image)
    {
        GObject.Value value = default;
        GObject.g_value_init(&value, LibVips.vips_image_get_type());
        GObject.g_value_set_object(&value, image);
        GObject.g_object_set_property(handle, name, &value);
        GObject.g_value_unset(&value);
        return this;
    }

    /// <summary>The bytes are not copied: they must stay pinned until every image made from them is disposed.</summary>
    public VipsOperation With(string name, byte* data, int length)
    {
        input = LibVips.vips_blob_new(0, data, (nuint)length);
        GObject.Value value = default;
        GObject.g_value_init(&value, LibVips.vips_blob_get_type());
        GObject.g_value_set_boxed(&value, input);
        GObject.g_object_set_property(handle, name, &value);
        GObject.g_value_unset(&value);
        return this;
    }

    /// <summary>Runs the operation; its result is <c>out</c>.</summary>
    /// <exception cref="VipsFailure">The operation is blocked or failed.</exception>
    public VipsImage ToImage()
    {
        Build();
        GObject.Value value = default;
        GObject.g_value_init(&value, LibVips.vips_image_get_type());
        GObject.g_object_get_property(handle, "out", &value);
        var image = GObject.g_value_dup_object(&value);
        GObject.g_value_unset(&value);
        return image;
    }

    /// <summary>Runs the operation; its result is <c>buffer</c>.</summary>
    /// <exception cref="VipsFailure">The operation failed, which a lazy decoder may do only here.</exception>
    public byte[] ToBytes()
    {
        Build();
        GObject.Value value = default;
        GObject.g_value_init(&value, LibVips.vips_blob_get_type());
        GObject.g_object_get_property(handle, "buffer", &value);
        using var blob = GObject.g_value_dup_boxed(&value);
        GObject.g_value_unset(&value);
        nuint length;
        var data = LibVips.vips_blob_get(blob, &length);
        return new ReadOnlySpan<byte>(data, checked((int)length)).ToArray();
    }

    public void Dispose()
    {
        handle.Dispose();
        input?.Dispose();
    }

    private void Build()
    {
        if (LibVips.vips_object_build(handle) != 0)
            throw VipsFailure.Of(nickname);
        // Warnings gather in the same buffer on success.
        LibVips.vips_error_clear();
    }
}
