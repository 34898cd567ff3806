using Microsoft.Win32.SafeHandles;

namespace PhotoGuard.Ingest.Pixels.Vips;

/// <summary>Second layer: an operation. Its outputs are let go with it, once: twice is a double release in libvips.</summary>
internal sealed class VipsOperationHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibVips.vips_object_unref_outputs(handle);
        GObject.g_object_unref(handle);
        return true;
    }
}

/// <summary>Second layer: bytes on their way into an operation, or out of one.</summary>
internal sealed class VipsBlobHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibVips.vips_area_unref(handle);
        return true;
    }
}

/// <summary>Second layer: an image. It is lazy: its pixels are computed when a later operation asks for them.</summary>
internal sealed class VipsImage() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    public int Width => LibVips.vips_image_get_width(this);

    public int Height => LibVips.vips_image_get_height(this);

    public int Bands => LibVips.vips_image_get_bands(this);

    public bool HasAlpha => LibVips.vips_image_hasalpha(this) != 0;

    public bool HasProfile => LibVips.vips_image_get_typeof(this, "icc-profile-data") != 0;

    /// <summary>Whether a pixel is red, green and blue, a byte each.</summary>
    public bool IsRgbBytes => Bands == 3 && LibVips.vips_image_get_format(this) == 0;

    /// <summary>Whether a band has two bytes, as in a PNG of 16 bits.</summary>
    public bool IsDeep => LibVips.vips_image_get_format(this) == 2;

    /// <summary>1 to 8, as in Exif.</summary>
    public int Orientation => LibVips.vips_image_get_orientation(this);

    /// <summary>Frames or pages that the loader saw in the file, at least 1.</summary>
    public int Pages => LibVips.vips_image_get_n_pages(this);

    protected override bool ReleaseHandle()
    {
        GObject.g_object_unref(handle);
        return true;
    }
}

/// <summary>Second layer: a window onto an image, through which its pixels are computed.</summary>
internal sealed class VipsRegion() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        GObject.g_object_unref(handle);
        return true;
    }
}
